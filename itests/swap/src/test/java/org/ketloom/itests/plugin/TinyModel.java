package org.ketloom.itests.plugin;

import java.util.List;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.PartSelection;
import org.ketloom.api.model.Slot;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;

/** Makes models whose steps take less than a millisecond. */
final class TinyModel implements GenerativeModelFactory {
  @Override
  public List<Slot> slots() {
    return List.of(
        new Slot("encoding", Encoding.KIND, PartSelection.of("angle")),
        new Slot("ansatz", Ansatz.KIND, PartSelection.of("wave")),
        new Slot("observable", ObservableHead.KIND, PartSelection.of("pauli")));
  }

  @Override
  public Blueprint.Training training() {
    return new Blueprint.Training(4, 16, 1, 2);
  }

  @Override
  public GenerativeModel<Tiny.Sampling> create(ModelContext context) {
    return new Tiny(context);
  }
}
