module example.org/pvm

go 1.19
