"""What a user does first: make an environment from the installed wheel and play one episode, sealed."""

import gymnasium as gym

import infogap

assert "site-packages" in infogap.__file__, f"not the installed wheel: {infogap.__file__}"

env = gym.make("infogap/TwentyQuestions-v0")
agent = infogap.seal(env)
observation, info = agent.reset(seed=0)
total, ended = 0.0, False
while not ended:
    observation, reward, terminated, truncated, info = agent.step(agent.action_space.sample())
    total, ended = total + reward, terminated or truncated
print(
    f"infogap {infogap.__version__}: an episode of {env.spec.id} returned {total:g}; hidden was {infogap.reveal(env)}"
)
