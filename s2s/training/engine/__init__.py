"""What every stage runs on, and nothing of what is trained.

loop, stage                   steps, validation, patience, best and last; what a stage has to offer
step_context                  per-step and per-sample random numbers, the rank's share of a batch
device, distributed           device and number format; collectives between ranks
checkpoint, run_log           resumable state on disk; log.jsonl, TensorBoard, progress bar
moving_average                EMA of weights
"""
