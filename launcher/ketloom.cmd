@echo off
rem Runs Ketloom: in a clone from what Maven builds, which it builds first where that is missing; in
rem an unpacked distribution, whose bin\ has this script, as it is. After a change to the sources of
rem a clone, run mvn package. The environment variables are those of the script ketloom.
setlocal

set "here=%~dp0"
if "%here:~-1%"=="\" set "here=%here:~0,-1%"

set "java=java.exe"
if not "%JAVA_HOME%"=="" set "java=%JAVA_HOME%\bin\java.exe"
set "version="
for /f "tokens=3" %%v in ('""%java%" -version 2>&1" ^| findstr /c:" version "') do set "version=%%~v"
if "%version%"=="" (
  echo ketloom: no Java found: install a JDK of version 17 or newer, or point JAVA_HOME to one 1>&2
  exit /b 70
)
for /f "tokens=1 delims=.-+" %%v in ("%version%") do set "version=%%v"
if %version% LSS 17 (
  echo ketloom: Java is version %version%: install a JDK of version 17 or newer, or point JAVA_HOME to one 1>&2
  exit /b 70
)

if not exist "%here%\pom.xml" goto distribution

for %%d in ("%here%\..") do set "root=%%~fd"
if exist "%here%\target\ketloom-launcher.jar" goto built
where mvn >nul 2>&1
if errorlevel 1 (
  echo ketloom: no Maven found to build Ketloom with: install Apache Maven 3.8 or newer 1>&2
  exit /b 70
)
if not exist "%here%\target" mkdir "%here%\target"
echo building Ketloom (first time takes some minutes) 1>&2
call mvn -B -q -f "%root%\pom.xml" -pl launcher -am package -Dmaven.test.skip=true -Dspotless.check.skip=true -Dketloom.archives.skip=true >"%here%\target\build.log" 2>&1
if errorlevel 1 (
  type "%here%\target\build.log" 1>&2
  echo ketloom: the build failed, see above or %here%\target\build.log 1>&2
  exit /b 70
)
:built
set "classpath=%here%\target\ketloom-launcher.jar;%here%\target\lib\*"
set folders="-Dketloom.home=%here%" "-Dketloom.bundles=%root%\features\target\bundles" "-Dketloom.features=%root%\features"
goto run

:distribution
for %%d in ("%here%\..") do set "home=%%~fd"
set "classpath=%home%\lib\*"
set folders="-Dketloom.home=%home%"

:run
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=passive"
set "tuning=-XX:+UseParallelGC"
rem The engine's fast kernels, for what computes; Java says that the module is an incubator's.
set "quick="
for %%v in (parts blueprint completion composition data deploy health help plugin runs version --version -V) do if "%~1"=="%%v" set "quick=1"
for %%v in (%*) do (
  if "%%~v"=="-h" set "quick=1"
  if "%%~v"=="--help" set "quick=1"
)
if "%~1"=="" set "quick=1"
if "%~1 %~2"=="circuit draw" set "quick=1"
if "%~1 %~2"=="circuit qasm" set "quick=1"
if defined quick set "tuning=%tuning% -Dketloom.kernels=plain"
if defined quick goto start
"%java%" --list-modules | findstr /b /c:"jdk.incubator.vector" >nul 2>&1
if not errorlevel 1 set "tuning=%tuning% --add-modules jdk.incubator.vector"
:start
if %version% GEQ 24 set "tuning=%tuning% --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
"%java%" -Xmx2g -Dorg.bytedeco.javacpp.maxbytes=4g -Dorg.bytedeco.javacpp.maxphysicalbytes=8g %tuning% %KETLOOM_JAVA_OPTS% -cp "%classpath%" %folders% org.ketloom.launcher.Main %*
exit /b %errorlevel%
