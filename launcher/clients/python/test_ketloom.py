"""Tests against a container: KETLOOM_RUNS is its folder of runs."""

import math
import os
import tempfile
import unittest

import ketloom

SMALL = {
    "model": {
        "name": "hybrid-unet",
        "options": {"channels": [6, 8], "embedding": 8, "wires": 3, "layers": 1, "timesteps": 4},
    },
    "data": {"name": "digits", "options": {"size": 8, "count": 64}},
    "training": {"epochs": 2, "batchSize": 16, "sampleEvery": 1},
}
BELL = {"n": 2, "gates": [["RY", [0], 0], ["RY", [1], 1], ["CNOT", [0, 1]]], "observables": ["Z1"]}


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.client = ketloom.connect(os.environ["KETLOOM_RUNS"])

    def test_trains_follows_and_draws(self):
        self.client.start("from-python", SMALL)
        told = list(self.client.follow("from-python", every=0.2))
        self.assertEqual("done", told[-1]["state"], told)
        self.assertEqual(8, told[-1]["step"])
        self.assertEqual(8, len(self.client.loss("from-python")["loss"]["value"]))
        self.assertEqual(b"\x89PNG", self.client.grid("from-python")[:4])
        images = self.client.sample("from-python", [3, -1, 7], seed=5)
        self.assertEqual((3, 8, 8, 1), images.shape)
        self.assertEqual(3 * 8 * 8, len(images.pixels))
        self.assertEqual(
            images.pixels, self.client.sample("from-python", [3, -1, 7], seed=5).pixels
        )
        self.assertNotEqual(
            images.pixels, self.client.sample("from-python", [3, -1, 7], seed=6).pixels
        )

    def test_swaps_and_undoes(self):
        self.client.start("swapped", SMALL)
        list(self.client.follow("swapped", every=0.2))
        swap = self.client.swap("swapped", "parts.ansatz=cluster-state", more_epochs=1)
        self.assertEqual(("hand", "done", 8), (swap["kind"], swap["outcome"], swap["step"]))
        self.assertIn("lossAfter", swap)
        ansatz = self.client.run("swapped")["blueprint"]["parts"]["ansatz"]["name"]
        self.assertEqual("cluster-state", ansatz)
        self.client.undo("swapped")
        ansatz = self.client.run("swapped")["blueprint"]["parts"]["ansatz"]["name"]
        self.assertNotEqual("cluster-state", ansatz)
        self.assertEqual(["hand", "undo"], [s["kind"] for s in self.client.swaps("swapped")])

    def test_gradients_are_those_of_finite_differences(self):
        circuit = self.client.circuit(BELL)
        x, theta, step = [[0.3], [1.1]], [0.7], 1e-6
        outputs, gradients = circuit.vjp([[1], [2]], x, theta)
        self.assertAlmostEqual(math.cos(0.3) * math.cos(0.7), outputs[0][0], places=12)

        def weighted(angle):
            first, second = circuit(x, [angle])
            return first[0] + 2 * second[0]

        expected = (weighted(0.7 + step) - weighted(0.7 - step)) / (2 * step)
        self.assertAlmostEqual(expected, gradients["grad_theta"][0], places=8)
        self.assertIn("<svg", circuit.svg(x, theta))

    def test_errors_say_what_is_wrong_and_where(self):
        with self.assertRaises(ketloom.KetloomError) as raised:
            self.client.run("nowhere/..")
        with self.assertRaises(ketloom.KetloomError) as raised:
            self.client.run("nowhere")
        self.assertEqual((404, "path.run"), (raised.exception.status, raised.exception.culprit))
        with self.assertRaises(ketloom.KetloomError) as raised:
            self.client.start("x", {"model": "hybrid-unet", "wires": 3})
        self.assertEqual("body.blueprint", raised.exception.culprit)
        with tempfile.TemporaryDirectory() as empty:
            with self.assertRaisesRegex(ketloom.KetloomError, "ketloom serve"):
                ketloom.connect(empty)

    def test_parts_and_blueprints(self):
        self.assertIn("two-qubit", [part["name"] for part in self.client.parts("ansatz")])
        self.assertEqual("READY", self.client.resolve(SMALL)["state"])
        self.assertEqual("WAITING", self.client.resolve({"model": "nothing"})["state"])


if __name__ == "__main__":
    unittest.main()
