"""One model over many inputs: read them, queue them in chunks, score, export."""
