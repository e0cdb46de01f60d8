"""What a finished matching can be asked: its proof, its reasons, its conflicts."""
