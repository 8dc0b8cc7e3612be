package dev.remap.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES = new ClassFileImporter().importPackages("dev.remap");

  @Test
  void coreKnowsNeitherSparkNorHadoopNorFaiss() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark..", "org.apache.hadoop..", "dev.remap.index..", "dev.remap.jobs..")
        .check(CLASSES);
  }

  @Test
  void noPackagesNeedEachOther() {
    slices()
        .matching("dev.remap.core.(**)")
        .should()
        .beFreeOfCycles()
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.remap"));
  }

  /** Math's own may differ in the last bit from one JVM to the next; StrictMath's may not. */
  @Test
  void whatIsComputedHasTheSameBitsOnEveryJvm() {
    Set<String> differing =
        Set.of(
            "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "exp", "expm1", "log", "log10",
            "log1p", "pow", "cbrt", "hypot", "sinh", "cosh", "tanh");
    noClasses()
        .should()
        .callMethodWhere(
            describe(
                "Math." + differing,
                call ->
                    call.getTargetOwner().isEquivalentTo(Math.class)
                        && differing.contains(call.getTarget().getName())))
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.remap"));
  }
}
