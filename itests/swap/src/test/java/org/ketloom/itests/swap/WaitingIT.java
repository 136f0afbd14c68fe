package org.ketloom.itests.swap;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ketloom.itests.swap.Lab.Script;
import org.ketloom.runtime.health.Health;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.RunSettings.Policy;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Jobs whose parts come and go, and compositions. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class WaitingIT {
  private static final long DEBOUNCE = 400;

  private final Services services = new Services(WaitingIT.class);
  private Lab lab;
  private Jobs jobs;

  @org.ops4j.pax.exam.Configuration
  public static Option[] container() {
    return new Option[] {
      Jars.container(),
      CoreOptions.systemPackage("org.slf4j.helpers;version=1.7.36"),
      Container.jar(Container.jarOf(HealthCheck.class))
    };
  }

  @Before
  public void open() throws Exception {
    lab = new Lab(services);
    lab.only("tiny-1.0.0");
    lab.debounce(DEBOUNCE);
    jobs = services.await(Jobs.class);
    jobs.open(lab.folder.resolve("runs"), lab.folder.resolve("conf"));
  }

  @After
  public void close() {
    jobs.jobs().forEach(jobs::remove);
    jobs.close();
  }

  private void await(Job job, Job.State state) {
    services.await(
        () -> state + " of " + job.name() + " (" + job.state() + ": " + job.reason() + ")",
        () -> job.state() == state ? true : null);
  }

  @Test
  public void aJobWaitsUntilItsPartHasComeToStay() throws Exception {
    Job job = jobs.start("one", lab.draft(), lab.folder.resolve("one"), RunSettings.DEFAULT);
    services.await(
        "reason", () -> job.reason().contains("no ansatz \"wave\" is registered") ? true : null);
    // Shorter than the debounce, again and again: it never comes to stay.
    for (int i = 0; i < 4; i++) {
      Bundle wave = lab.install("wave-1.0.0");
      Thread.sleep(DEBOUNCE / 4);
      lab.uninstall(wave);
      Thread.sleep(DEBOUNCE / 4);
      assertEquals(Job.State.WAITING, job.state());
    }
    // Never returns.
    Thread.sleep(2 * DEBOUNCE);
    assertEquals(Job.State.WAITING, job.state());
    assertFalse(Files.exists(job.folder()));
    assertTrue(
        services.await(Health.class).check().stream()
            .anyMatch(f -> f.level() == Health.Level.WARN && f.message().contains("wave")));
    Result felix = services.await(HealthCheck.class, "(hc.tags=ketloom)").execute();
    assertEquals(felix.toString(), Result.Status.WARN, felix.getStatus());
    // To stay.
    lab.install("wave-1.0.0");
    await(job, Job.State.DONE);
    services.await("service", () -> state("one").equals("done") ? true : null);
  }

  private String state(String job) {
    return String.valueOf(services.property(Job.class, Job.STATE).stream().findFirst().orElse(""))
        + (services.property(Job.class, Job.NAME).contains(job) ? "" : " of another");
  }

  @Test
  public void aSuspendedJobGoesOnWhenItsPartIsBack() throws Exception {
    Bundle wave = lab.install("wave-1.0.0");
    String[] length = {
      "data.options.count=960",
      "training.epochs=20",
      "training.checkpointEvery=2",
      "training.sampleEvery=0"
    };
    Path alone = lab.train("alone", Policy.PIN, new Script(), length);
    Job job = jobs.start("one", lab.draft(length), lab.folder.resolve("one"), RunSettings.DEFAULT);
    await(job, Job.State.RUNNING);
    services.await(
        "a checkpoint", () -> Files.isDirectory(job.folder().resolve("checkpoints")) ? true : null);
    job.suspend();
    await(job, Job.State.SUSPENDED);
    lab.uninstall(wave);
    job.resume();
    services.await("WAITING", () -> job.reason().contains("wave") ? true : null);
    // Another version isn't what a pinned run waits for.
    Bundle newer = lab.install("wave-1.1.0");
    services.await("WAITING for its own", () -> job.reason().contains("pinned") ? true : null);
    lab.uninstall(newer);
    lab.install("wave-1.0.0");
    await(job, Job.State.DONE);
    assertArrayEquals(Lab.weights(alone), Lab.weights(job.folder()));
  }

  @Test
  public void aCompositionIsAConfiguration() throws Exception {
    lab.install("wave-1.0.0");
    Configuration configuration =
        services
            .await(ConfigurationAdmin.class)
            .getFactoryConfiguration(Jobs.DEFINITION, "mine", "?");
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("blueprint", lab.draft("parts.ansatz=nobody").json());
    properties.put("run", lab.folder.resolve("mine").toString());
    configuration.update(properties);
    Job waiting = job("mine");
    services.await(
        "WAITING", () -> waiting.reason().contains("no ansatz \"nobody\"") ? true : null);
    properties.put("blueprint", lab.draft("training.epochs=3").json());
    configuration.update(properties);
    services.await("DONE", () -> done("mine", "mine-1"));
    // Edited again: another run, beside the first.
    properties.put("blueprint", lab.draft("training.epochs=2").json());
    configuration.update(properties);
    services.await("DONE", () -> done("mine", "mine-2"));
    assertEquals(Run.State.FINISHED, lab.runs().info(lab.folder.resolve("mine-1")).state());
    properties.put("policy", "never");
    configuration.update(properties);
    services.await(
        "FAILED",
        () ->
            jobs.jobs().stream().anyMatch(j -> j.reason().contains("pin, adopt, restart"))
                ? true
                : null);
    configuration.delete();
    services.await("its end", () -> jobs.jobs().isEmpty() ? true : null);
  }

  private Boolean done(String name, String folder) {
    return jobs.jobs().stream()
            .anyMatch(
                j ->
                    j.name().equals(name)
                        && j.folder().endsWith(folder)
                        && j.state() == Job.State.DONE)
        ? true
        : null;
  }

  private Job job(String name) {
    return services.await(
        "job " + name,
        () -> jobs.jobs().stream().filter(j -> j.name().equals(name)).findFirst().orElse(null));
  }

  @Test
  public void aCompositionIsAFile() throws Exception {
    lab.install("wave-1.0.0");
    Path conf = Files.createDirectories(lab.folder.resolve("conf"));
    String text =
        "{\"blueprint\": "
            + lab.draft("training.epochs=2").json()
            + ", \"run\": \""
            + lab.folder.resolve("filed")
            + "\"}";
    Files.writeString(conf.resolve("filed.json"), text);
    services.await("DONE", () -> done("filed", "filed-1"));
    Files.writeString(conf.resolve("filed.json"), text.replace("\"run\"", "\"runs\""));
    services.await(
        "FAILED",
        () ->
            jobs.jobs().stream().anyMatch(j -> j.reason().contains("filed.json: runs: unknown key"))
                ? true
                : null);
    Files.delete(conf.resolve("filed.json"));
    services.await("its end", () -> jobs.jobs().isEmpty() ? true : null);
  }
}
