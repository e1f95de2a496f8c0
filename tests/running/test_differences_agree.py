"""Right gradients of programs that are hard to run again: none of them is called wrong."""

import pytest

from tests.running.differing import PATIENT, checks

ROUNDING = {
    "variance of large numbers": "x = torch.tensor([1e4 + 0.1, 1e4 + 0.2, 1e4 + 0.4], requires_grad=True)\n"
    "((x**2).mean() - x.mean()**2).backward()",
    "variance of numbers too large for float32": "x = torch.tensor([1e6 + 0.1, 1e6 + 0.2, 1e6 + 0.4], "
    "requires_grad=True)\n((x**2).mean() - x.mean()**2).backward()",
    "sum that cancels": "x = torch.tensor([1e10, 1.0, -1e10], requires_grad=True)\n(x.sum()**2).backward()",
    "function that is nothing but rounding": "m = torch.nn.LayerNorm(8)\nx = torch.randn(3, 8, requires_grad=True)\n"
    "m(x).mean().backward()",
    "huge number": "x = torch.tensor(1e18, requires_grad=True)\n(x**2).backward()",
    "tiny number": "x = torch.tensor([1e-20, 1.0], requires_grad=True)\n(x**2).sum().backward()",
    "half precision": "x = torch.tensor([2.1, 3.3], dtype=torch.float16, requires_grad=True)\n"
    "(x**3 / 7).sum().backward()",
    "bfloat16": "x = torch.tensor([2.1, 3.3], dtype=torch.bfloat16, requires_grad=True)\n(x**2 / 3).sum().backward()",
    "autocast": "m = torch.nn.Linear(4, 2)\nx = torch.randn(3, 4)\nwith torch.autocast('cpu', torch.bfloat16):\n"
    "    y = m(x)\ny.float().pow(2).sum().backward()",
    "double down to single": "x = torch.tensor([2.1, 3.3], dtype=torch.float64, requires_grad=True)\n"
    "(x.float()**2).sum().backward()",
    "older constructor": "x = torch.FloatTensor([2.1, 3.3]).requires_grad_()\n(x**3).sum().backward()",
    "NumPy's single precision": "import numpy as np\nx = torch.from_numpy(np.array([2.1, 3.3], dtype=np.float32))\n"
    "x.requires_grad_()\n(x**3).sum().backward()",
    "asks for float32": "x = torch.tensor([2.1, 3.3], requires_grad=True)\nassert x.dtype == torch.float32\n"
    "(x**3).sum().backward()",
    "sets its own default": "torch.set_default_dtype(torch.float32)\nw = torch.randn(3, requires_grad=True)\n"
    "z = torch.zeros(3, requires_grad=True)\n((w + z)**3 * torch.linspace(0, 1, 3)).sum().backward()",
    "complex64": "z = torch.tensor([1+2j, 0.5-1j], dtype=torch.complex64, requires_grad=True)\n"
    "(z**2 * torch.exp(z)).abs().sum().backward()",
    "complex root": "z = torch.tensor(1+2j, requires_grad=True)\n(z**3).backward(torch.tensor(1+1j))",
    "Fourier transform": "x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)\n"
    "(torch.fft.fft(x).abs()**2).sum().backward()",
}

CHANCE = {
    "dropout": "x = torch.ones(5, requires_grad=True)\n(torch.nn.Dropout(0.5)(x)**2).sum().backward()",
    "noise": "x = torch.ones(3, requires_grad=True)\n((x + torch.randn(3))**2).sum().backward()",
    "leaf by chance": "x = torch.randn(3, requires_grad=True)\n(x**3).sum().backward()",
    "coins whose chance is the leaf": "p = torch.tensor([0.3, 0.6], requires_grad=True)\n"
    "(torch.bernoulli(p) * p).sum().backward()",
    "leaky relu by chance": "x = torch.tensor([-1.0, 2.0, -3.0], requires_grad=True)\n"
    "torch.nn.functional.rrelu(x, training=True).sum().backward()",
    "NumPy's and Python's numbers": "import numpy as np, random\nx = torch.ones(3, requires_grad=True)\n"
    "((x * torch.tensor(np.random.randn(3)) * random.random())**2).sum().backward()",
    "Gumbel softmax, hard": "x = torch.tensor([0.1, 0.5, 0.2], requires_grad=True)\n"
    "(torch.nn.functional.gumbel_softmax(x, hard=True) * torch.tensor([1.0, 2.0, 3.0])).sum().backward()",
    "reparametrised": "m = torch.tensor(0.5, requires_grad=True)\ns = torch.tensor(2.0, requires_grad=True)\n"
    "(torch.distributions.Normal(m, s).rsample((4,))**2).mean().backward()",
    "score function": "t = torch.tensor([0.5, 0.1], requires_grad=True)\n"
    "d = torch.distributions.Categorical(logits=t)\n"
    "a = d.sample((5,))\n(d.log_prob(a) * torch.arange(5.0)).sum().backward()",
    "draws after a pass whose end it catches": "x = torch.tensor(3.0, requires_grad=True)\ntry:\n"
    "    (x**2 * torch.rand(())).backward()\nexcept BaseException:\n    pass\ntorch.rand(2)",
    "shuffled": "x = torch.arange(5.0, requires_grad=True)\n"
    "(x[torch.randperm(5)] * torch.arange(5.0)).sum().backward()",
}

IN_PLACE = {
    "chain": "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x * 2\ny.mul_(3).add_(x)\ny[0] = 5\n"
    "(y**2).sum().backward()",
    "views": "x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)\ny = x.clone().view(2, 2)\ny[0] *= x[:2]\n"
    "y.t()[1].exp_()\ny.sum().backward()",
    "relu": "x = torch.tensor([-1.0, 2.0], requires_grad=True)\n"
    "torch.nn.functional.relu(x * 2, inplace=True).sum().backward()",
    "filled": "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = torch.zeros(4)\ny[1:3] = x\n"
    "(y**2).sum().backward()",
    "update behind the leaf's back": "w = torch.tensor(2.0, requires_grad=True)\nfor _ in range(3):\n"
    "    (w**2).backward()\n    w.data -= 0.1 * w.grad\n    w.grad = None",
    "update between two uses": "w = torch.tensor(2.0, requires_grad=True)\ny = 3 * w\n"
    "(y * 2).backward(retain_graph=True)\n"
    "with torch.no_grad():\n    w -= 0.1 * w.grad\n(y + w).backward()",
    "initialised": "e = torch.nn.Embedding(3, 2)\nwith torch.no_grad():\n    e.weight[0] = 1.0\n"
    "(e(torch.tensor([0, 1, 1]))**2).sum().backward()",
}

CUT_OFF = {
    "detach": "x = torch.tensor(3.0, requires_grad=True)\nh = x**2\n(h * h.detach() + h.data * x).backward()",
    "no_grad": "x = torch.tensor(3.0, requires_grad=True)\nh = x**2\nwith torch.no_grad():\n    k = h * 2\n    k += h\n"
    "(h * k).backward()",
    "item": "x = torch.tensor(3.0, requires_grad=True)\nh = x**2\n"
    "(h * h.item() + x * float(h) + x * h.tolist()).backward()",
    "copied into a new tensor": "import warnings\nwarnings.simplefilter('ignore')\n"
    "x = torch.tensor([3.0, 2.0], requires_grad=True)\nh = x**2\n"
    "(h * torch.tensor(h) + h * torch.tensor([h[0], h[1]]) + h * h.new_tensor(h)).sum().backward()",
    "NumPy": "x = torch.tensor([3.0, 2.0], requires_grad=True)\nh = x**2\n"
    "(h * torch.from_numpy(h.detach().numpy() * 2)).sum().backward()",
    "list of a detached tensor": "x = torch.tensor([3.0, 2.0], requires_grad=True)\nh = x**2\n"
    "(h * sum(h.detach().tolist())).sum().backward()",
    "other name of the leaf": "w = torch.tensor([3.0, 2.0], requires_grad=True)\nw0 = w.detach()\n"
    "((w * 2).sum() + ((w - w0 + 1)**2).sum()).backward()",
    "straight through": "x = torch.tensor([1.25, 2.75], requires_grad=True)\nq = x + (torch.round(x) - x).detach()\n"
    "(q**2).sum().backward()",
    "buffer": "x = torch.tensor([1.0, 2.0], requires_grad=True)\nbuffer = torch.zeros(2)\nh = x * 2\n"
    "with torch.no_grad():\n    buffer.copy_(h)\n(h * buffer).sum().backward()",
    "moving average": "x = torch.tensor([1.0, 2.0], requires_grad=True)\nmean = torch.zeros(2)\nh = x * 2\n"
    "mean.mul_(0.9).add_(h.detach(), alpha=0.1)\n(h * mean).sum().backward()",
    "begun anew": "w = torch.tensor(0.9, requires_grad=True)\nh = torch.tensor(1.0)\nfor t in range(4):\n"
    "    h = torch.tanh(w * h)\n    if t == 1:\n        h = h.detach()\nh.backward()",
    "a leaf made of another": "x = torch.tensor(0.9, requires_grad=True)\nh = (x**2).detach().requires_grad_()\n"
    "(h * 3 * x).backward()",
    "seed made of the leaf": "x = torch.tensor([3.0, 1.0], requires_grad=True)\ny = x**2\ny.backward(y.detach())",
    "own function without a graph": "class Square(torch.autograd.Function):\n    @staticmethod\n"
    "    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x**2\n    @staticmethod\n"
    "    def backward(ctx, g): return g * 2 * ctx.saved_tensors[0]\nx = torch.tensor([1.3, 2.6], requires_grad=True)\n"
    "h = x * 2\nwith torch.no_grad():\n    target = Square.apply(h) + 1\n(Square.apply(h) * target).sum().backward()",
    "padding": "e = torch.nn.Embedding(3, 2, padding_idx=0)\nwith torch.no_grad():\n    e.weight[0] = 1.0\n"
    "(e(torch.tensor([0, 1, 1]))**2).sum().backward()",
}

PASSES = {
    "accumulated": "x = torch.tensor(3.0, requires_grad=True)\n(x**2).backward()\n(x**3).backward()",
    "graph kept": "x = torch.tensor(3.0, requires_grad=True)\ny = x**2\ny.backward(retain_graph=True)\n"
    "(y * x + y * x.grad).backward()",
    "made with what a pass before has left": "x = torch.tensor(0.5, requires_grad=True)\ny = torch.exp(x)\n"
    "y.backward(retain_graph=True)\n(y * x.grad).backward()",
    "made with what a pass before has returned": "x = torch.tensor(0.5, requires_grad=True)\ny = torch.exp(x)\n"
    "g, = torch.autograd.grad(y, x, retain_graph=True)\n(y * g).backward()",
    "after a pass that stood on a kink": "w = torch.tensor(0.0, requires_grad=True)\nfor _ in range(2):\n"
    "    y = 2 * w if w > 0 else 3 * w\n    w.grad = None\n    y.backward()\n    with torch.no_grad():\n"
    "        w -= 0.1 * w.grad",
    "autograd.grad": "x = torch.tensor(3.0, requires_grad=True)\ny = torch.tensor(2.0, requires_grad=True)\n"
    "torch.autograd.grad(x**2 * y, [x, y])",
    "vector seed": "x = torch.tensor([3.0, 1.0], requires_grad=True)\n(x**2).backward(torch.tensor([0.5, 10.0]))",
    "two roots": "x = torch.tensor(3.0, requires_grad=True)\n"
    "torch.autograd.backward([x**2, x**3], [torch.tensor(1.0), torch.tensor(2.0)])",
    "leaf as root": "x = torch.tensor([3.0, 1.0], requires_grad=True)\n"
    "torch.autograd.backward([x, x.sum()], [torch.ones(2), torch.tensor(1.0)])",
    "second derivative": "x = torch.tensor(0.3, requires_grad=True)\n"
    "g, = torch.autograd.grad(torch.exp(x) * torch.tanh(x), x, create_graph=True)\n(g**2).backward()",
    "gradient penalty": "net = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))\n"
    "x = torch.randn(3, 2, requires_grad=True)\ng, = torch.autograd.grad(net(x).sum(), x, create_graph=True)\n"
    "((g.norm(dim=1) - 1)**2).mean().backward()",
    "step within the graph": "w = torch.tensor(1.5, requires_grad=True)\n"
    "g, = torch.autograd.grad((2 * w - 1)**2, w, create_graph=True)\n((3 * (w - 0.1 * g) - 2)**2).backward()",
    "second derivative of an own function": "class Cube(torch.autograd.Function):\n    @staticmethod\n"
    "    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x**3\n    @staticmethod\n"
    "    def backward(ctx, g): return g * 3 * ctx.saved_tensors[0]**2\n"
    "x = torch.tensor([1.3, 2.6], requires_grad=True)\n"
    "g, = torch.autograd.grad(Cube.apply(x * 2).sum(), x, create_graph=True)\n(g**2).sum().backward()",
    "checkpoint": "from torch.utils.checkpoint import checkpoint\nx = torch.tensor([1.0, 2.0], requires_grad=True)\n"
    "w = torch.tensor([3.0, 1.0], requires_grad=True)\n"
    "y = checkpoint(lambda a: torch.nn.functional.dropout(torch.sin(a) * w, 0.5), x, use_reentrant=False)\n"
    "(y * w).sum().backward()",
    "checkpoint with a pass of its own": "from torch.utils.checkpoint import checkpoint\n"
    "x = torch.tensor([1.0, 2.0], requires_grad=True)\nw = torch.tensor([3.0, 1.0], requires_grad=True)\n"
    "y = checkpoint(lambda a: torch.sin(a) * w, x, use_reentrant=True)\n(y * w).sum().backward()",
    "second derivative through a checkpoint": "from torch.utils.checkpoint import checkpoint\n"
    "x = torch.tensor([1.0, 2.0], requires_grad=True)\n"
    "y = checkpoint(lambda a: torch.exp(torch.sin(a)), x, use_reentrant=False)\n"
    "g, = torch.autograd.grad(y.sum(), x, create_graph=True)\n(g**2).sum().backward()",
    "harmless hook": "x = torch.tensor(3.0, requires_grad=True)\nx.register_hook(lambda g: print(g))\n"
    "(x**2).backward()",
}

NETWORKS = {
    "steps of gradient descent": "m = torch.nn.Linear(3, 2)\n"
    "o = torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9)\nx = torch.randn(4, 3)\nfor _ in range(3):\n"
    "    o.zero_grad()\n    m(x).pow(2).mean().backward()\n    o.step()",
    "steps of Adam": "m = torch.nn.Linear(3, 2)\no = torch.optim.Adam(m.parameters(), lr=0.1)\nx = torch.randn(4, 3)\n"
    "for _ in range(3):\n    o.zero_grad()\n    m(x).pow(2).mean().backward()\n    o.step()",
    "steps of L-BFGS": "x = torch.tensor([1.5, 2.0], requires_grad=True)\no = torch.optim.LBFGS([x], max_iter=3)\n"
    "def closure():\n    o.zero_grad()\n    loss = ((x - 1)**4).sum()\n    loss.backward()\n    return loss\n"
    "o.step(closure)",
    "LSTM": "m = torch.nn.LSTM(2, 2)\nm(torch.randn(3, 1, 2))[0].sum().backward()",
    "GRU with dropout": "m = torch.nn.GRU(2, 2, num_layers=2, dropout=0.5)\n"
    "m(torch.randn(3, 1, 2))[0].sum().backward()",
    "attention with dropout": "m = torch.nn.MultiheadAttention(4, 2, dropout=0.3)\n"
    "x = torch.randn(3, 1, 4, requires_grad=True)\nm(x, x, x)[0].pow(2).sum().backward()",
    "batch norm in training": "m = torch.nn.BatchNorm1d(2)\nx = torch.randn(4, 2, requires_grad=True)\n"
    "(m(x)**3).sum().backward()",
    "batch norm, in training and after": "m = torch.nn.BatchNorm1d(2)\nx = torch.randn(4, 2, requires_grad=True)\n"
    "a = m(x)\nm.eval()\n((a + m(x))**3).sum().backward()",
    "layer norm": "m = torch.nn.LayerNorm(3)\nx = torch.randn(4, 3, requires_grad=True)\n(m(x)**3).sum().backward()",
    "convolution and pooling": "c = torch.nn.Conv2d(1, 2, 3)\n"
    "torch.nn.functional.max_pool2d(c(torch.randn(1, 1, 5, 5)).relu(), 2).sum().backward()",
    "weight norm": "m = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(3, 2))\n"
    "m(torch.ones(1, 3)).pow(2).sum().backward()",
    "spectral norm": "m = torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(3, 2))\n"
    "m(torch.ones(1, 3)).pow(2).sum().backward()",
    "sparse embedding": "e = torch.nn.Embedding(4, 2, sparse=True)\n(e(torch.tensor([0, 2, 2]))**2).sum().backward()",
    "sparse matrix": "v = torch.tensor([2.0, 3.0], requires_grad=True)\n"
    "s = torch.sparse_coo_tensor(torch.tensor([[0, 1], [1, 0]]), v, (2, 2))\n"
    "(torch.sparse.mm(s, torch.ones(2, 2))**2).sum().backward()",
    "symmetric matrix": "A = torch.randn(3, 3)\nA = (A @ A.T + torch.eye(3)).requires_grad_()\n"
    "(torch.logdet(A) + torch.linalg.cholesky(A).sum()).backward()",
    "two networks in turn": "G, D = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)\n"
    "o = torch.optim.Adam(D.parameters())\nfake = G(torch.randn(3, 2))\n"
    "(D(fake.detach()).mean() - D(torch.ones(3, 2)).mean()).backward()\no.step()\no.zero_grad()\n"
    "(-D(fake).mean()).backward()",
    "scripted": "@torch.jit.script\ndef f(x):\n    return (x * 2).sin().sum()\n"
    "x = torch.tensor([1.5, 2.0], requires_grad=True)\nf(x).backward()",
    "Jacobian by a transform": "x = torch.tensor([2.0, 3.0], requires_grad=True)\n"
    "(torch.func.jacrev(lambda a: a**3)(x).sum() * x[0]).backward()",
    "vmap": "x = torch.tensor([2.0, 3.0], requires_grad=True)\ntorch.vmap(lambda a: a**3)(x).sum().backward()",
    "func.grad": "x = torch.tensor(2.0, requires_grad=True)\n(torch.func.grad(lambda a: a**3)(x) * x).backward()",
}

FAMILIES = {"rounding": ROUNDING, "chance": CHANCE, "in place": IN_PLACE, "cut off": CUT_OFF, "passes": PASSES}
FAMILIES["networks"] = NETWORKS
PROGRAMS = {f"{family}: {name}": program for family, rows in FAMILIES.items() for name, program in rows.items()}


@pytest.mark.parametrize("name", PROGRAMS)
def test_right_gradient_is_found_right(name: str) -> None:
    found = checks(f"torch.manual_seed(0)\n{PROGRAMS[name]}", limits=PATIENT)

    assert found
    assert {leaf: row.note for leaf, row in found.items() if row.verdict not in ("equal", "close")} == {}
