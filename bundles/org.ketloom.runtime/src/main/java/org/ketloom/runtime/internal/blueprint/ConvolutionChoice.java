package org.ketloom.runtime.internal.blueprint;

import java.util.List;
import java.util.Optional;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.runtime.parts.PartIdentity;

/** What computes one model's convolutions: the first of some that runs on this machine. */
final class ConvolutionChoice {
  /** Where it stands among a composition's parts. */
  static final String PATH = ConvolutionEngine.KIND.name();

  private final List<Candidate> candidates;
  private Optional<Candidate> chosen = Optional.empty();

  /** One of them, and whose it is. */
  record Candidate(PartIdentity identity, ConvolutionEngine engine) {}

  /** Best first. */
  ConvolutionChoice(List<Candidate> candidates) {
    this.candidates = List.copyOf(candidates);
  }

  /** Chooses; see {@link org.ketloom.api.model.ModelContext#convolutions()}. */
  Optional<ConvolutionEngine> choose() {
    if (chosen.isEmpty()) {
      chosen = candidates.stream().filter(c -> c.engine().fault().isEmpty()).findFirst();
    }
    return chosen.map(Candidate::engine);
  }

  /** What was chosen; empty where nobody asked, and where none runs here. */
  Optional<Candidate> chosen() {
    return chosen;
  }
}
