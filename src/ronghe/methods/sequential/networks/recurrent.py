"""The network of GRU4Rec: gated recurrent units over item vectors."""

from torch import Tensor, nn

from ronghe.methods.sequential.networks.dropout import Dropout


class Recurrent(nn.Module):
    """GRU (Cho et al. 2014, arXiv:1406.1078) and a linear map back to item vectors."""

    def __init__(self, dim: int, layers: int, dropout: float, width: int) -> None:
        super().__init__()
        self.drop, self.leave = Dropout(dropout * 0.5), Dropout(dropout)
        self.read = nn.GRU(dim, width, layers, batch_first=True)
        self.out, self.norm = nn.Linear(width, dim), nn.LayerNorm(dim)

    def forward(self, seen: Tensor, age: Tensor) -> Tensor:
        """seen (batch, steps, dim) to what each step foretells (batch, steps, dim); ages say nothing to it."""
        known, _ = self.read(self.drop(seen))
        out: Tensor = self.norm(self.out(self.leave(known)))
        return out
