"""Results as files, with everything it takes to check them."""
