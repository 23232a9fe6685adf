"""Well-known networks, ready to be trained: each from its paper, with the paper's number of parameters."""

from chainrule.applications.inception import InceptionBlock
from chainrule.applications.lenet import LeNet5, lenet5_layers
from chainrule.applications.resnet import ResNet20, resnet20_layers
from chainrule.applications.vgg import VGG16, VGGSmall, vgg16_layers, vgg_small_layers

__all__ = [
    "VGG16",
    "InceptionBlock",
    "LeNet5",
    "ResNet20",
    "VGGSmall",
    "lenet5_layers",
    "resnet20_layers",
    "vgg16_layers",
    "vgg_small_layers",
]
