"""The frozen module that no file on disk stands for."""
initialized = True
print("Hello world!")
