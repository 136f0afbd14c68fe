package org.ketloom.runtime.internal.blueprint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.ketloom.runtime.blueprint.Draft;

/**
 * A draft whose text has been taken apart.
 *
 * @param root what its text says; nobody changes it
 * @param tree the same, checked
 * @param text as it was written; empty if it was made of values
 */
record ParsedDraft(ObjectNode root, BlueprintTree tree, Optional<String> text) implements Draft {

  /** Of values that are nobody else's. */
  static ParsedDraft of(ObjectNode root, String source) {
    return new ParsedDraft(root, BlueprintTree.of(root, source), Optional.empty());
  }

  /** A draft of whatever origin. */
  static ParsedDraft of(Draft draft) {
    if (draft instanceof ParsedDraft parsed) {
      return parsed;
    }
    ObjectNode root = BlueprintTree.read(draft.json(), draft.source());
    return new ParsedDraft(root, BlueprintTree.of(root, draft.source()), Optional.of(draft.json()));
  }

  @Override
  public String json() {
    return text.orElseGet(() -> BlueprintTree.pretty(root));
  }

  @Override
  public String source() {
    return tree.source();
  }
}
