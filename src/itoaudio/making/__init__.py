"""`ito voice new`: from a folder of recordings to an installed voice, in stages that each can be resumed."""
