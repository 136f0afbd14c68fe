package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What a plugin registers after its trial is on trial too, and takes no name of Ketloom. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LateServicesIT {
  private final Services services = new Services(LateServicesIT.class);
  private Folder folder;

  @Configuration
  public static Option[] container() {
    return new Option[] {Folder.container()};
  }

  @Before
  public void begin() throws IOException {
    folder = new Folder(services);
    folder.empty();
    folder.drop("late.jar");
    folder.awaitCurrent("test.late 1.0.0");
  }

  @After
  public void end() throws IOException, InvalidSyntaxException {
    tell("withdraw all");
    folder.empty();
    folder.awaitRetired();
  }

  private void tell(String order) throws InvalidSyntaxException {
    ServiceReference<?> reference =
        services.context().getServiceReferences(Consumer.class.getName(), "(test.late=true)")[0];
    @SuppressWarnings("unchecked")
    Consumer<String> plugin = (Consumer<String>) services.context().getService(reference);
    plugin.accept(order);
    services.context().ungetService(reference);
  }

  private void awaitAnsaetze(String name, String... versions) {
    services.await(
        () -> name + " " + List.of(versions) + " (there is " + folder.ansaetze(name) + ")",
        () -> folder.ansaetze(name).equals(List.of(versions)) ? true : null);
  }

  private String awaitRefused(String part) {
    return services.await(
        () -> "refusal of " + part + " (there is " + folder.registry().refused() + ")",
        () ->
            folder.registry().refused().stream()
                .filter(r -> r.startsWith("ansatz \"" + part + "\""))
                .findFirst()
                .orElse(null));
  }

  private String detail() {
    return folder.deployer().plugins().stream()
        .filter(p -> p.state() == PluginStatus.State.CURRENT)
        .map(PluginStatus::detail)
        .findFirst()
        .orElseThrow();
  }

  private void awaitDetail(String words) {
    services.await(
        () -> "\"" + words + "\" in: " + detail(), () -> detail().contains(words) ? true : null);
  }

  @Test
  public void whatConformsIsShownAndWhatDoesntIsTold() throws Exception {
    tell("good later");
    awaitAnsaetze("later", "1.0.0");
    tell("lying wrong");
    String why = awaitRefused("wrong");
    assertTrue(why, why.contains("of bundle test.late 1.0.0 is left out: "));
    assertTrue(why, why.contains("doesn't pass the conformance kit"));
    assertEquals(List.of(), folder.ansaetze("wrong"));
    awaitDetail("doesn't pass the conformance kit");
    assertTrue(folder.why("test.late"), folder.why("test.late").contains("ansatz \"wrong\""));
  }

  @Test
  public void whatNeverComesIsToldAndHoldsUpNobody() throws Exception {
    tell("endless never");
    String why = awaitRefused("never");
    assertTrue(why, why.contains("didn't return within 600 ms"));
    folder.drop(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.late 1.0.0", "test.wave 1.0.0");
  }

  @Test
  public void aNameOfKetloomIsNotTakenOver() throws Exception {
    List<String> before = folder.ansaetze("two-qubit");
    assertEquals(1, before.size());
    assertNotEquals("1.0.0", before.get(0));
    tell("good two-qubit");
    awaitAnsaetze("two-qubit", before.get(0), "1.0.0");
    assertEquals(before.get(0), folder.ansatz("two-qubit", "").version().toString());
    assertEquals("test.late", folder.ansatz("two-qubit", "[1,2)").bundle());
    awaitDetail("bears the name of a part of Ketloom, which stays the first choice");
    assertTrue(detail(), detail().contains("deploy.replace=test.late"));
    assertEquals(1, folder.registry().outranked().size());
  }

  @Test
  public void anotherNameIsJudgedAnew() throws Exception {
    tell("good first");
    awaitAnsaetze("first", "1.0.0");
    tell("rename Not-A-Name");
    services.await(
        () -> "refusal of the name (there is " + folder.registry().refused() + ")",
        () ->
            folder.registry().refused().stream().anyMatch(r -> r.contains("found Not-A-Name"))
                ? true
                : null);
    assertEquals(List.of(), folder.ansaetze("first"));
    tell("rename second");
    awaitAnsaetze("second", "1.0.0");
    assertEquals(List.of(), folder.registry().refused());
  }

  @Test
  public void whoeverRegistersItItIsThePluginsWhoseClassItIs() throws Exception {
    tell("elsewhere smuggled");
    String why = awaitRefused("smuggled");
    assertTrue(why, why.contains("of bundle test.late 1.0.0 is left out: "));
    assertEquals(List.of(), folder.ansaetze("smuggled"));
  }

  @Test
  public void noRankingPutsAnEngineFirst() throws Exception {
    String before = folder.registry().engine().orElseThrow().bundle();
    tell("engine first");
    services.await(
        "refusal of the engine",
        () ->
            folder.registry().refused().stream().anyMatch(r -> r.startsWith("engine"))
                ? true
                : null);
    assertEquals(before, folder.registry().engine().orElseThrow().bundle());
  }

  @Test
  public void tenThousandOfThemAreNotTriedForHours() throws Exception {
    tell("many 10000");
    services.await(
        () -> "the end of patience (there is " + folder.registry().refused() + ")",
        () ->
            folder.registry().refused().stream()
                    .anyMatch(r -> r.contains("from now on is left out"))
                ? true
                : null);
    assertEquals(4, folder.registry().refused().size());
    folder.drop(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.late 1.0.0", "test.wave 1.0.0");
    tell("good too-late");
    folder.delete(Jars.wave("1.0.0"));
    folder.awaitCurrent("test.late 1.0.0");
    assertFalse(folder.registry().parts().toString(), !folder.ansaetze("too-late").isEmpty());
  }
}
