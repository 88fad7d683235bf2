"""The pages of `docs/`: their blocks run, their output written anew, their pictures drawn, the site built from them."""
