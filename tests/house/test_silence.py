"""Nothing of a shop is sent anywhere: what libraries would report is switched off before they are loaded."""

import os
import subprocess
import sys
from pathlib import Path

SESSION = """
import ronghe
import numpy as np, onnxruntime
from onnx import TensorProto, helper
line = helper.make_tensor_value_info
graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g",
    [line("x", TensorProto.FLOAT, [1])], [line("y", TensorProto.FLOAT, [1])])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
print(session.run(None, {"x": np.ones(1, np.float32)})[0][0])
"""


def test_a_network_that_runs_leaves_no_mark_of_its_machine(tmp_path: Path):
    given = {name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "CI", "GITHUB_ACTIONS")}
    given |= {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", SESSION], env=given, capture_output=True, text=True, timeout=300, check=True)
    assert ran.stdout.split() == ["1.0"]
    assert [str(path) for path in tmp_path.rglob("*") if "onnxruntime" in str(path)] == []
