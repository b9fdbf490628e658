"""Sound2Scene as a library."""
