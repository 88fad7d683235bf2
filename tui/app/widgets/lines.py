"""Lines of text that change in their place."""

from rich.text import Text
from textual.widgets import Static


class Lines(Static):
    """A text as high as its lines; another text of as many lines does not have the screen laid out anew."""

    def say(self, text: str | Text) -> None:
        """Say something else; nothing takes no room."""
        self.update(text, layout=False)
        self.display = bool(text)
        if text and self.get_content_height(self.container_size, self.app.size, self.content_size.width) != (
            self.content_size.height
        ):
            self.refresh(layout=True)
