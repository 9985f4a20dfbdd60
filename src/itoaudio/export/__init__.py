"""From trained networks to a voice folder: ONNX graphs, parity with torch, voice.json and model card."""
