"""What a site prints around an article, told by lines and by their neighbours."""
