"""Results as people read them: a Markdown table and one page of HTML."""
