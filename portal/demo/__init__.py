"""The demonstration: an invented development, its people, and repairs as they would have gone.

Pure data and its reading; it knows no model. ``scenes`` reads and checks the TOML files, ``photos`` draws the pictures.
"""
