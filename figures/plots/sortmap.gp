# What each query reads while the network sorts
load "figures/plots/reversemap.gp"
