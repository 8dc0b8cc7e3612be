package dev.remap.jobs;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.remap.jobs.run.Job;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String STORE = "dev.remap.jobs.store";

  private static final JavaClasses MAIN = new ClassFileImporter().importPaths(modules("classes"));
  private static final JavaClasses CLASSES = MAIN.that(resideInAPackage("dev.remap.jobs.."));

  @Test
  void theStoreKnowsNeitherSparkNorImagesNorIndexes() {
    noClasses()
        .that()
        .resideInAPackage(STORE + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "dev.remap.core..", "dev.remap.index..")
        .check(CLASSES);
  }

  @Test
  void theStoreKnowsNothingElseOfTheJobs() {
    noClasses()
        .that()
        .resideInAPackage(STORE + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.remap.jobs..").and(resideOutsideOfPackage(STORE + "..")))
        .check(CLASSES);
  }

  @Test
  void noPackagesNeedEachOther() {
    slices().matching("dev.remap.jobs.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void stagesDoNotKnowEachOther() {
    slices().matching("dev.remap.jobs.stage.(*)..").should().notDependOnEachOther().check(CLASSES);
  }

  @Test
  void whatIsCalledAJobHasTheLifeOfOne() {
    assertThat(CLASSES)
        .filteredOn(type -> type.getSimpleName().endsWith("Job"))
        .allMatch(type -> type.isAssignableTo(Job.class));
  }

  @Test
  void onlyTheCommandsKnowTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.remap.jobs.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(CLASSES);
  }

  @Test
  void aPackageCanBeTakenIn() {
    Map<String, Long> sizes =
        CLASSES.stream()
            .filter(ArchitectureTest::isFileOfItsOwn)
            .collect(groupingBy(JavaClass::getPackageName, counting()));
    assertThat(sizes).allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(32));
  }

  @Test
  void whatIsPublicIsUsedByAnotherPackage() {
    JavaClasses tests = new ClassFileImporter().importPaths(modules("test-classes"));
    Set<String> used =
        Stream.of(MAIN, tests)
            .flatMap(JavaClasses::stream)
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .filter(use -> !inOnePackage(use))
            .map(use -> file(use.getTargetClass()))
            .collect(toSet());
    assertThat(MAIN)
        .filteredOn(ArchitectureTest::isFileOfItsOwn)
        .filteredOn(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
        .filteredOn(type -> !isKnownByName(type) && !used.contains(type.getName()))
        .isEmpty();
  }

  private static String[] modules(String what) {
    return Stream.of("../core", "../index", ".")
        .map(module -> module + "/target/" + what)
        .toArray(String[]::new);
  }

  private static boolean inOnePackage(Dependency use) {
    return use.getOriginClass().getPackageName().equals(use.getTargetClass().getPackageName());
  }

  /** The name of the class whose file this one is in. */
  private static String file(JavaClass type) {
    return type.getBaseComponentType().getName().replaceFirst("\\$.*", "");
  }

  private static boolean isFileOfItsOwn(JavaClass type) {
    return type.isTopLevelClass() && !type.getSimpleName().equals("package-info");
  }

  /** By a script, by the registry of services, or in the signature of what is called. */
  private static boolean isKnownByName(JavaClass type) {
    return List.of("Main", "LibTorchFirst", "SymmetricEigenSolver").contains(type.getSimpleName());
  }

  /** It has a thread for every core of the machine, whatever was given to a task. */
  @Test
  void nothingRunsOnTheCommonPool() {
    offTheCommonPool().check(MAIN);
    for (String module : List.of("core", "index", "jobs")) {
      assertThat(MAIN.that(resideInAPackage("dev.remap." + module + ".."))).isNotEmpty();
    }
    assertThatThrownBy(
            () -> offTheCommonPool().check(new ClassFileImporter().importClasses(Offender.class)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("(5 times)");
  }

  /** What must not be done. */
  static final class Offender {
    static void offend(List<Integer> numbers) {
      numbers.parallelStream().forEach(number -> {});
      IntStream.of(1).parallel().forEach(number -> {});
      CompletableFuture.runAsync(() -> {}).join();
      Arrays.parallelSort(new int[1]);
      ForkJoinPool.commonPool().shutdown();
    }
  }

  private static ArchRule offTheCommonPool() {
    return noClasses()
        .should()
        .accessTargetWhere(
            describe("it runs on the common pool", access -> isOfCommonPool(access.getTarget())));
  }

  /** By names: ArchUnit does not know the supertypes of the JDK's classes. */
  private static boolean isOfCommonPool(AccessTarget target) {
    String owner = target.getOwner().getName();
    String name = target.getName();
    return switch (name) {
      case "parallelStream", "commonPool" -> true;
      case "parallel" -> owner.startsWith("java.util.stream.");
      default ->
          (owner.equals("java.util.Arrays") && name.startsWith("parallel"))
              || owner.matches(
                  "java\\.util\\.concurrent\\.(ForkJoinTask|Recursive.*|CountedCompleter)")
              || (owner.startsWith("java.util.concurrent.Complet")
                  && name.endsWith("Async")
                  && target instanceof AccessTarget.CodeUnitAccessTarget call
                  && call.getRawParameterTypes().stream()
                      .noneMatch(type -> type.getName().equals(Executor.class.getName())));
    };
  }

  @Test
  void theStoresFilesKnowNoSegmentsAndSegmentsKnowNoLayers() {
    noClasses()
        .that()
        .resideInAPackage(STORE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(STORE + ".row..", STORE + ".segment..", STORE + ".layer..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(STORE + ".segment..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(STORE + ".layer..")
        .check(CLASSES);
  }
}
