package org.ketloom.tck;

import java.util.List;
import java.util.function.Consumer;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/**
 * The check that a kind of parts brings.
 *
 * @param kind who brings it
 * @param part the part
 * @param calls bound the check in time
 */
record ProvidedCheck(PartKindProvider kind, Part part, Calls calls) implements PartCheck {
  @Override
  public void check(Consumer<Finding> findings) throws Violation {
    faults().forEach(text -> findings.accept(new Finding(Check.KIND, text)));
  }

  @Override
  public void requireWorks() throws Violation {
    List<String> faults = faults();
    if (!faults.isEmpty()) {
      throw new Violation(Check.KIND, faults.get(0));
    }
  }

  private List<String> faults() throws Violation {
    return calls.call("the check of its kind", () -> kind.check(part));
  }
}
