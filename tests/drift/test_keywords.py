"""What a group of texts is about, in three terms."""

from drift.keywords import keywords, name, terms_of, words_of

CARDS = [
    "my card was declined",
    "why is the card declined at the shop",
    "card declined again, what is my limit",
]
OTHERS = [
    "what is the weather in the north",
    "is my flight on time",
    "book a table at the place we like",
    "what is new",
]


def test_words_that_are_everywhere_name_no_group():
    assert name(CARDS, OTHERS)[:2] == ["card", "declined"]
    assert not {"is", "the", "what", "my"} & set(name(CARDS, OTHERS))


def test_two_words_that_belong_together_are_a_term_unless_already_said():
    routing = ["the routing number of a bank", "routing number please", "where is a bank routing number"]
    many = OTHERS * 30
    assert name(routing, many)[:2] == ["routing number", "bank"]
    assert name([*routing, "routing code", "routing"], many)[:2] == ["routing", "routing number"]


def test_a_word_of_one_text_comes_after_words_of_several():
    assert (
        name(["refund refund refund refund please", "send the parcel", "the parcel is late"], OTHERS)[0]
        == "parcel"
    )


def test_a_single_text_is_named_all_the_same():
    assert name(["cancel subscription"], OTHERS) == ["cancel subscription"]


def test_nothing_to_say_is_an_empty_list():
    assert name([], OTHERS) == []
    assert name(["12 34 ??", ""], OTHERS) == []
    assert keywords(terms_of([]), terms_of(OTHERS)) == []


def test_a_group_that_is_everything_there_is_still_has_a_name():
    assert "card declined" in name(CARDS, [])


def test_korean_particles_are_cut_off_where_two_syllables_stay():
    assert words_of("환불을 받고 환불은, 환불에서 나는") == [["환불", "받고", "환불", "환불", "나는"]]
    assert "환불" in name(
        ["환불을 받고 싶어요", "환불은 언제 되나요"], ["배송은 언제 오나요", "주문을 바꾸고 싶어요"]
    )


def test_scripts_without_blanks_are_read_by_twos():
    assert words_of("退款什么") == [["退款"], ["款什"], ["什么"]]
    assert words_of("iPhone退") == [["iphone"], ["退"]]
    assert name(["我想退款", "退款什么时候到", "怎么退款"], ["我的包裹在哪里", "怎么下单"])[0] == "退款"


def test_numbers_are_no_words_and_part_those_beside_them():
    assert words_of("order 1234 late, it's covid-19") == [["order"], ["late", "it's", "covid-19"]]


def test_terms_of_parts_add_up():
    both = terms_of(CARDS) + terms_of(OTHERS)
    assert both == terms_of([*CARDS, *OTHERS])
    assert both.words["is"] == 5
    assert both.texts["card"] == 3
