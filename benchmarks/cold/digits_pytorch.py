"""A network trained on the digits, by PyTorch; compiling would take longer than all the training."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

digits = np.load(Path(__file__).parents[2] / "src/chainrule/data/digits.npz")
x, y = digits["x"], digits["y"].astype(int)
x, y = torch.from_numpy((x / 16).astype("float32")), torch.from_numpy(y)
torch.set_num_threads(1)
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
for _ in range(20):
    for rows in torch.randperm(len(x)).split(32):
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
with torch.inference_mode():
    z = model(x)
    print(nn.functional.cross_entropy(z, y).item(), (z.argmax(1) == y).float().mean().item())
