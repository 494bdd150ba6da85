"""What the shop's assistant says: a few questions, each with answers of different worth."""

TALKS: list[tuple[str, list[str]]] = [
    (
        "How do I season my new cast-iron pan?",
        [
            "Wash it once with warm water and a little soap, and dry it at once. Rub it all over with a thin"
            " film of linseed or rapeseed oil, wipe off what you see, and bake it upside down for an hour at"
            " 230 °C. Two more rounds make it hold.",
            "Rub it with oil and put it into the oven. Repeat when food begins to stick.",
            "Cast iron needs no seasoning: put it into the dishwasher and it is ready.",
        ],
    ),
    (
        "Can I send back a knife that I have used?",
        [
            "Yes, within 30 days. A used knife comes back in its box with the blade covered; we take off what"
            " sharpening costs, 6 euros. A faulty blade we replace at no charge, for ten years.",
            "Used knives cannot be returned.",
            "Please see our terms.",
        ],
    ),
    (
        "Which board is kind to Japanese blades?",
        [
            "End-grain maple or hinoki. Both give way under a hard, thin edge. Keep away from glass, bamboo and"
            " stone: they chip it.",
            "Any wooden board will do, as long as it is thick.",
            "Glass is the most hygienic and therefore the best choice.",
        ],
    ),
]


def number(text: str) -> int:
    """Which question; the first for what is none."""
    return int(text) if text.isdecimal() and int(text) < len(TALKS) else 0
