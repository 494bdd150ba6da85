"""Local models that make vectors of texts: which are permitted, where they lie, how they are loaded.

`permitted` and `folders` import nothing heavy and serve pages too; the others belong to the ml and suggest workers.
"""
