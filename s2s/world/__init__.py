"""The synthetic world: scenes whose sound and picture share one hidden state.

    state       `SceneState`, one moment of a scene; the scenes' names
    scene_clip  `SceneClip`: one or two scenes over ten seconds, what comes, goes and draws near
    sounds      `synthesize(state)`, `synthesize_clip(clip)`: numpy only; also the show's built-in performance
    canvas      `Canvas`: the scenes' shaders in an OpenGL context; also the show's second painter
    painter     `Painter`: GLSL through headless ModernGL, moments tiled in an atlas
    truth       what is known of a clip: presence, size, loudness, best moments
    studio      whole clips, one at a time; films: written as films that play
    scene_sheet contact sheets of every scene

Sounds and pictures know nothing of each other; only the state ties them.
"""
