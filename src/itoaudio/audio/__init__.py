"""Sound: files, resampling, the mel, the MDCT, pulse trains. Nothing here knows of SDEs or networks."""
