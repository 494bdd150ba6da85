"""The order "most uncertain first": what a small classifier is least sure of is asked next.

`job` runs the steps on the ml worker: `embed` gives items their vectors, `learn` fits `classifier`
to what people answered, `plan` says who comes when, `move` writes it. `due` asks for runs.
Whatever imports numpy or torch (`encoder`, `embed`, `classifier`, `learn`) is imported by the
ml worker alone. Items of the random share keep their random turn, for `queries.random_share`.
"""
