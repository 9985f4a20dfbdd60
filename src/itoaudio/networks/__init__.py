"""Torch modules: the networks of ItôTTS and ItôWave. Training and export are other rooms."""
