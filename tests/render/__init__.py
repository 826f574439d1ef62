"""How pages are made of the catalogue, without MkDocs but where it says so."""
