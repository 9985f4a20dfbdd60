"""What is wrong with a corpus, and where its words lie: checks, alignment, report. Reads, never writes it."""
