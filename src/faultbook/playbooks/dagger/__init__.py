"""What the notebooks about Dagger show; the logic of their stories, so that their cells stay short."""
