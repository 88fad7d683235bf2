"""What a report says and how it is written: texts, figures, results as JSON, and a page that stands alone."""
