"""Ketloom from Python: trains, follows and draws with a container that `ketloom serve --port` keeps.

Needs Python 3.9 or newer, and nothing else. Where the container runs is read from the file that it
writes into its folder of runs:

    import ketloom
    client = ketloom.connect("runs")
    client.start("first", {"model": "hybrid-unet"})
    for run in client.follow("first"):
        print(run["state"], run["step"], run.get("loss"))
"""

import array
import json
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request

__all__ = ["Circuit", "Client", "Images", "KetloomError", "connect"]

#: States in which nothing more happens to a run.
ENDS = ("done", "finished", "failed", "stopped", "suspended", "interrupted", "damaged")


class KetloomError(Exception):
    """What is wrong with a request.

    status   of HTTP
    culprit  where it is wrong: body.name, path.run
    remedy   what can be done; may be empty
    """

    def __init__(self, status, detail, culprit="", remedy=""):
        super().__init__(detail + (" (" + remedy + ")" if remedy else ""))
        self.status = status
        self.culprit = culprit
        self.remedy = remedy


class Images:
    """Images that were drawn.

    shape   number, height, width, channels
    labels  the class of each, -1 for any
    pixels  array of floats from -1 to 1 in the order of the shape; numpy takes it without a copy:
            numpy.frombuffer(images.pixels, dtype="f4").reshape(images.shape)
    """

    def __init__(self, shape, labels, pixels):
        self.shape = tuple(shape)
        self.labels = list(labels)
        self.pixels = array.array("f", pixels)


def connect(runs="runs"):
    """The container that works at a folder of runs on this machine."""
    file = pathlib.Path(runs) / ".http.json"
    try:
        access = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KetloomError(
            0, f"there is no {file}", "runs", "start one there with `ketloom serve --port 0`"
        ) from None
    return Client(access["url"], access["token"])


class Client:
    """A container that answers over HTTP. Paths and fields are those of /api/v1/openapi.json."""

    def __init__(self, url, token):
        self._url = url
        self._token = token
        # A proxy of the environment is for other machines.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def request(self, method, path, body=None, timeout=600, **query):
        """The answer's bytes; path is below /api/v1."""
        url = self._url + "/api/v1" + path
        if query:
            url += "?" + urllib.parse.urlencode(query)
        headers = {"Authorization": "Bearer " + self._token}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with self._opener.open(request, timeout=timeout) as answer:
                return answer.read()
        except urllib.error.HTTPError as e:
            raise _error(e) from None
        except urllib.error.URLError as e:
            raise KetloomError(
                0, f"{self._url} doesn't answer: {e.reason}", "url", "is `ketloom serve` running?"
            ) from None

    def _json(self, method, path, body=None, **query):
        return json.loads(self.request(method, path, body, **query))

    def parts(self, kind=""):
        """The parts that are installed: of each kind, name, version, options."""
        return self._json("GET", "/parts", **({"kind": kind} if kind else {}))["parts"]

    def health(self):
        return self._json("GET", "/health")

    def resolve(self, blueprint):
        """What a Blueprint lacks; with all defaults, if it lacks nothing."""
        return self._json("POST", "/blueprints/resolution", blueprint)

    def runs(self):
        """A summary of each run, as run gives it."""
        return self._json("GET", "/runs")["runs"]

    def run(self, name):
        return self._json("GET", _run(name))

    def start(self, name, blueprint, policy="pin", auto_resume=False):
        """Starts a run in the background."""
        return self._json(
            "POST",
            "/runs",
            {"name": name, "blueprint": blueprint, "policy": policy, "autoResume": auto_resume},
        )

    def stop(self, name):
        """Asks to write a checkpoint and stop."""
        return self._json("POST", _run(name) + "/stop")

    def resume(self, name):
        return self._json("POST", _run(name) + "/resume")

    def loss(self, name, points=1000):
        """By name of the quantity, lists step and value."""
        return self._json("GET", _run(name) + "/loss", points=points)

    def follow(self, name, every=1.0):
        """Gives a run's summary whenever it has changed, until nothing more happens to it."""
        last = None
        while True:
            summary = self._state(name)
            if summary != last:
                last = summary
                yield summary
            if summary["state"] in ENDS:
                return
            time.sleep(every)

    def _state(self, name):
        listed = self._json("GET", "/runs")
        for run in listed["runs"]:
            if run["run"] == name:
                return run
        # Until its parts are there it has no folder.
        for job in listed["jobs"]:
            if job["run"] == name:
                return {"run": name, "state": job["state"], "message": job["reason"], "step": 0}
        raise KetloomError(404, f'there is no run "{name}"', "path.run")

    def grids(self, name):
        """Names of the grids of samples that the run has drawn."""
        return self._json("GET", _run(name) + "/grids")["grids"]

    def grid(self, name, grid=None):
        """A grid as PNG, by default the newest."""
        if grid is None:
            grids = self.grids(name)
            if not grids:
                raise KetloomError(404, f'run "{name}" has drawn no grid yet', "path.grid")
            grid = grids[-1]
        return self.request("GET", _run(name) + "/grids/" + urllib.parse.quote(grid, safe=""))

    def sample(self, name, labels, seed=0, options=None):
        """Draws images of a run's last checkpoint, one of each label; -1 for any class."""
        drawn = self._json(
            "POST",
            _run(name) + "/samples",
            {"labels": list(labels), "seed": seed, "options": options or {}},
            format="json",
        )
        return Images(drawn["shape"], drawn["labels"], drawn["pixels"])

    def swap(self, name, *changes, more_epochs=0):
        """Gives a run other parts: swap("first", "parts.ansatz=two-qubit")."""
        return self._json(
            "POST", _run(name) + "/swaps", {"changes": list(changes), "moreEpochs": more_epochs}
        )

    def undo(self, name):
        """Takes the last swap by hand back, with all training since."""
        return self._json("POST", _run(name) + "/swaps/undo")

    def swaps(self, name):
        """Every change of the run's parts, the oldest first."""
        return self._json("GET", _run(name) + "/swaps")["swaps"]

    def circuit(self, circuit, **query):
        """A circuit as a function; query may have engine and precision."""
        return Circuit(self, circuit, query)


class Circuit:
    """A circuit in JSON as a function of its features x, [batch][features], and weights theta."""

    def __init__(self, client, circuit, query):
        self._client = client
        self._circuit = circuit
        self._query = query

    def __call__(self, x=None, theta=None):
        """The outputs, [batch][outputs]."""
        return self._evaluate(x, theta)["outputs"]

    def vjp(self, cotangent, x=None, theta=None):
        """Outputs, and gradients of their sum weighted with a cotangent, [batch][outputs].

        Gradients are grad_x, [batch][features], and grad_theta, [weights]; of a circuit with
        per-sample angles or trainable Hermitians also theirs.
        """
        results = self._evaluate(x, theta, cotangent=cotangent)
        return results.pop("outputs"), results

    def svg(self, x=None, theta=None):
        """A drawing; of x and theta it matters how many there are."""
        return self._client.request("POST", "/circuits/drawing", self._body(x, theta)).decode()

    def qasm(self, x=None, theta=None):
        """OpenQASM 3; of x and theta it matters how many there are."""
        return self._client.request("POST", "/circuits/qasm", self._body(x, theta)).decode()

    def _evaluate(self, x, theta, **more):
        body = self._body(x, theta, **more)
        return self._client._json("POST", "/circuits/evaluation", body, **self._query)

    def _body(self, x, theta, **more):
        given = {"x": x, "theta": theta, **more}
        lists = {name: _lists(values) for name, values in given.items() if values is not None}
        return {**self._circuit, **lists}


def _run(name):
    return "/runs/" + urllib.parse.quote(name, safe="")


def _lists(values):
    """Arrays of numpy and tensors of torch as lists."""
    return values.tolist() if hasattr(values, "tolist") else values


def _error(answer):
    try:
        problem = json.loads(answer.read())
        return KetloomError(
            answer.code, problem["detail"], problem["culprit"], problem.get("remedy", "")
        )
    except (ValueError, KeyError):
        return KetloomError(answer.code, f"the server says {answer.code} {answer.reason}")
