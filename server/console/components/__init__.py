"""What every area shares: the layout and the macros of its screens, forms, tables, words. It knows no area."""
