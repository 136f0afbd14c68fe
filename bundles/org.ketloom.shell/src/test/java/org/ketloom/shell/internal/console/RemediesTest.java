package org.ketloom.shell.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.ketloom.api.error.FileProblemException;
import org.ketloom.api.error.Remedy;

class RemediesTest {
  @Test
  void theCommandLineWordsWhatCanBeDone() {
    Path folder = Path.of("runs", "a b");
    assertEquals(
        folder
            + " holds a run already; resume it with `ketloom resume \""
            + folder
            + "\"`, or choose another folder with --run",
        Messages.of(
            new FileProblemException(
                folder + " holds a run already",
                new Remedy.ResumeRun(folder),
                new Remedy.OtherRunFolder())));
  }

  @Test
  void everyRemedyHasWords() throws ReflectiveOperationException {
    for (Class<?> kind : Remedy.class.getPermittedSubclasses()) {
      Class<?>[] types =
          Arrays.stream(kind.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      Object[] values =
          Arrays.stream(types)
              .map(t -> t == Path.class ? Path.of("a") : t == int.class ? (Object) 7 : "b")
              .toArray();
      Remedy remedy = (Remedy) kind.getDeclaredConstructor(types).newInstance(values);
      assertTrue(Messages.of(new FileProblemException("x", remedy)).length() > 3, kind.getName());
    }
  }
}
