"""The site: pages, cards, sample viewer and notebooks as HTML. Only `build` knows MkDocs."""
