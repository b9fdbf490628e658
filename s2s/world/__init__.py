"""The synthetic world: scenes whose sound and picture share one hidden state.

    state       `SceneState`, the scenes' names, seeds
    sounds      `synthesize(state)`: numpy only, faster than real time; also the show's built-in performance
    pictures    `Painter.paint(states)`: GLSL through headless ModernGL

Sounds and pictures know nothing of each other; only `SceneState` ties them.
"""
