"""Pictures and sounds to vectors: networks whose weights come in packages, read as data and run by ONNX Runtime."""
