"""What is minimised: the paper's objectives, the localizer's, and a learnt critic of texture."""
