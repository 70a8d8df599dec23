"""A network that reads a question and an item together. Serving needs onnxruntime alone; learning needs the extra train."""
