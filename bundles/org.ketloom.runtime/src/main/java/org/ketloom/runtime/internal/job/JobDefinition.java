package org.ketloom.runtime.internal.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.ketloom.files.Causes;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.internal.blueprint.BlueprintTree;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.RunSettings;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * A job that is defined by a configuration, and exists as long as that does. Changing it ends this
 * component, with a checkpoint, and makes another one.
 */
@Component(
    service = {},
    configurationPid = Jobs.DEFINITION,
    configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class JobDefinition {
  /** Where the configuration comes from, for messages. */
  static final String SOURCE = "ketloom.source";

  /** What is wrong with the file that it comes from. */
  static final String FAULT = "ketloom.fault";

  private final PooledJobs jobs;
  private final Job job;

  /** Called by the framework. */
  @Activate
  public JobDefinition(
      @Reference PooledJobs jobs,
      @Reference Blueprints blueprints,
      Map<String, Object> properties) {
    this.jobs = jobs;
    String pid = text(properties, Constants.SERVICE_PID, Jobs.DEFINITION);
    String name = pid.substring(pid.indexOf('~') + 1);
    Path base = Path.of(text(properties, "run", "runs/" + name));
    Job made;
    try {
      made = job(name, base, blueprints, properties);
    } catch (IOException | RuntimeException e) {
      made = jobs.failed(name, base, Causes.of(e));
    }
    job = made;
  }

  @Deactivate
  void deactivate() {
    jobs.remove(job);
  }

  private Job job(String name, Path base, Blueprints blueprints, Map<String, Object> properties)
      throws IOException {
    String fault = text(properties, FAULT, "");
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
    String source = text(properties, SOURCE, "composition " + name);
    if (!properties.containsKey("blueprint")) {
      throw new IllegalArgumentException(
          source + ": blueprint is missing, for example {\"model\": \"hybrid-unet\"}");
    }
    String json = text(properties, "blueprint", "");
    Draft draft = blueprints.parse(json, source);
    RunSettings settings =
        new RunSettings(
            RunSettings.Policy.of(text(properties, "policy", "pin")),
            Boolean.parseBoolean(text(properties, "autoResume", "true")));
    int number = 1;
    while (Files.exists(folder(base, number + 1))) {
      number++;
    }
    Path last = folder(base, number);
    if (!Files.exists(new RunFiles(last).manifest())) {
      return jobs.startDefined(name, draft, last, settings);
    }
    return same(new RunFiles(last), json)
        ? jobs.resume(name, last, new Resumption(Optional.of(settings), false))
        : jobs.startDefined(name, draft, folder(base, number + 1), settings);
  }

  private static Path folder(Path base, int number) {
    return base.resolveSibling(base.getFileName() + "-" + number);
  }

  /** Whether a run was started from a draft, whatever was swapped in it since then. */
  private static boolean same(RunFiles files, String json) throws IOException {
    if (!Files.exists(files.draft())) {
      return false;
    }
    JsonNode before = BlueprintTree.read(StrictJson.text(files.draft()), files.draft().toString());
    return BlueprintTree.values(before)
        .equals(BlueprintTree.values(BlueprintTree.read(json, "composition")));
  }

  private static String text(Map<String, Object> properties, String key, String absent) {
    Object value = properties.get(key);
    return value == null ? absent : value.toString();
  }
}
