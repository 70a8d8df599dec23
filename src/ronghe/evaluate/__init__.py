"""How good it is: ranking metrics, beyond accuracy, significance, report."""
