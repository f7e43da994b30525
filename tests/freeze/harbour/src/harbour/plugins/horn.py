SIGNAL = "a horn"
