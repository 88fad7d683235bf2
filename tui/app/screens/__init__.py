"""The screens of the app, one module each; none is imported before it is opened."""
