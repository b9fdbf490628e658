"""Random changes of what is trained on, drawn per sample: spectrograms, log bands, pictures, and D's inputs."""
