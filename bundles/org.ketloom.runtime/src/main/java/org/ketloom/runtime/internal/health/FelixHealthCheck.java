package org.ketloom.runtime.internal.health;

import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.ketloom.runtime.health.Health;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Reports {@link Health} to the Felix Health Checks of a container that has them. Its class is
 * loaded when somebody asks for the service, who then has the API that it needs.
 */
@Component(property = {HealthCheck.NAME + "=Ketloom", HealthCheck.TAGS + "=ketloom"})
public final class FelixHealthCheck implements HealthCheck {
  private final Health health;

  /** Called by the framework. */
  @Activate
  public FelixHealthCheck(@Reference Health health) {
    this.health = health;
  }

  @Override
  public Result execute() {
    FormattingResultLog log = new FormattingResultLog();
    for (Health.Finding finding : health.check()) {
      switch (finding.level()) {
        case OK -> log.info("{}: {}", finding.check(), finding.message());
        case WARN -> log.warn("{}: {}", finding.check(), finding.message());
        case FAIL -> log.critical("{}: {}", finding.check(), finding.message());
      }
    }
    return new Result(log);
  }
}
